/** The reporter's link can be copied where the browser allows it. */

const button = document.getElementById("copy");
if (button && navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById("link").href);
    button.textContent = button.dataset.copied;
  });
}
