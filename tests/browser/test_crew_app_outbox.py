"""The outbox's own logic, in the browser that runs it: hashes, states, chains, what counts as a receipt."""
# ruff: noqa: E501  the long lines are JavaScript

import hashlib

import pytest

from tests.browser.fake_desk import FakeDesk
from tests.browser.phone import in_the_field

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOAD = """
const { Outbox: LockedOutbox, chains, forgettable, nextTry, pause, settle, tally } = await import("/static/crew/outbox.js");
const { PhoneStore } = await import("/static/crew/phone_store.js");
const { Transport } = await import("/static/crew/transport.js");
const { entryOf } = await import("/static/crew/report.js");
const { base, changes, deviceTime, forbidden, inOrder, secondOfDay, standing } = await import("/static/crew/visit.js");
const { newId, sha256, sha256InScript } = await import("/static/crew/hash.js");
class Outbox extends LockedOutbox { constructor(options) { super({ alone: (work) => work(), ...options }); } }
const fresh = () => PhoneStore.open(`try-${newId()}`);
const report = (kind, visit_id = "v-1", more = {}) => entryOf({ kind, crew: "crew-1", day: "2026-11-26", plan_id: "p", visit_id, ...more });
const receipt = (entry, status = "accepted", more = {}) => ({ kind: "receipt", receipt: { report_id: entry.id, sha256: entry.sha256, status, version: 1, reason: "", ...more } });
const unknown = (why = "server") => ({ kind: "unknown", why });
"""


@pytest.fixture(scope="module")
def page(browser):
    with in_the_field(browser, service_workers="block") as field:
        page = field.context.new_page()
        page.goto(f"{field.line.base}/static/icon.svg")
        page.goto(f"{field.line.base}/crew")
        yield page


@pytest.fixture
def run(page):
    """Run a piece of script with the app's modules at hand."""
    return lambda script, argument=None: page.evaluate(
        f"async (given) => {{ {LOAD} return (async () => {{ {script} }})(); }}", argument
    )


@pytest.mark.parametrize("size", [0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 1000, 300_001])
def test_our_own_hash_agrees_with_the_standard(run, size):
    told = run(
        "const bytes = Uint8Array.from({length: given}, (_, i) => (i * 7 + 3) % 256);"
        "return [sha256InScript(bytes), await sha256(bytes.buffer)];",
        size,
    )
    wanted = hashlib.sha256(bytes((i * 7 + 3) % 256 for i in range(size))).hexdigest()
    assert told == [wanted, wanted]


def test_known_vectors_of_the_standard(run):
    told = run("return ['abc', ''].map((text) => sha256InScript(new TextEncoder().encode(text)));")
    assert told == [
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ]


def test_ids_are_uuids_of_version_4(run):
    ids = run("return Array.from({length: 200}, newId);")
    assert len(set(ids)) == 200
    pattern = r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
    assert run("return given[0].every((id) => new RegExp(given[1]).test(id));", [ids, pattern])


def test_an_entry_is_marked_failed_before_it_is_sent(run):
    states = run(
        """const store = await fresh();
        const seen = [];
        const desk = { report: async (entry) => {
          seen.push((await store.entries())[0].state);
          return receipt(entry);
        } };
        const box = new Outbox({ store, desk });
        await box.note(await report("start"));
        seen.unshift((await store.entries())[0].state);
        await box.run();
        seen.push((await store.entries())[0].state);
        return seen;"""
    )
    assert states == ["new", "failed", "confirmed"]


def test_what_kills_the_page_while_sending_leaves_it_to_be_sent_again(run):
    told = run(
        """const store = await fresh();
        const dying = new Outbox({ store, desk: { report: () => new Promise(() => {}) } });
        await dying.note(await report("done", "v-1", { minutes: 30 }));
        dying.run();
        while ((await store.entries())[0].state !== "failed") await new Promise((r) => setTimeout(r, 5));
        const [entry] = await store.entries();
        return [chains([entry], { now: Date.now() }).length, entry.state];"""
    )
    assert told == [1, "failed"]


@pytest.mark.parametrize("why", ["server", "timeout", "offline", "portal"])
def test_unknown_is_sent_again_later_and_is_never_dropped(run, why):
    told = run(
        """const store = await fresh();
        const box = new Outbox({ store, desk: { report: async () => unknown(given) }, now: () => 1_000_000 });
        await box.note(await report("start"));
        await box.run();
        const [entry] = await store.entries();
        return [entry.state, entry.trouble.why, entry.next_try > 1_000_000,
          chains([entry], { now: 1_000_000 }).length, chains([entry], { now: 9_000_000 }).length,
          chains([entry], { now: 1_000_000, force: true }).length];""",
        why,
    )
    assert told == ["failed", why, True, 0, 1, 1]


def test_a_visit_that_fails_holds_up_only_itself(run):
    sent = run(
        """const store = await fresh();
        const sent = [];
        const desk = { report: async (entry) => {
          sent.push(`${entry.visit_id} ${entry.report.kind}`);
          return entry.visit_id === "v-1" ? unknown() : receipt(entry);
        } };
        const box = new Outbox({ store, desk });
        for (const [kind, visit] of [["start", "v-1"], ["start", "v-2"], ["done", "v-1"], ["done", "v-2"], ["start", "v-3"]]) await box.note(await report(kind, visit));
        await box.run();
        return [sent, (await store.entries()).map((one) => one.state)];"""
    )
    assert sent[0] == ["v-1 start", "v-2 start", "v-2 done", "v-3 start"]
    assert sent[1] == ["failed", "confirmed", "new", "confirmed", "confirmed"]


@pytest.mark.parametrize("status", ["rejected", "conflict"])
def test_what_the_desk_refuses_stops_nothing_behind_it(run, status):
    states = run(
        """const store = await fresh();
        const desk = { report: async (entry) => receipt(entry, entry.report.kind === "start" ? given : "accepted") };
        const box = new Outbox({ store, desk });
        for (const kind of ["start", "pause", "done"]) await box.note(await report(kind));
        await box.run();
        return (await store.entries()).map((one) => one.state);""",
        status,
    )
    assert states == [status, "confirmed", "confirmed"]


def test_a_settled_entry_never_changes_again(run):
    told = run(
        """const entry = { ...(await report("done")), tries: 1, state: "failed" };
        const kept = settle(entry, receipt(entry, "rejected", { reason: "32. BImSchV" }), 5);
        return [kept.state, [unknown(), receipt(entry), { kind: "clash" }, { kind: "refused" }]
          .map((answer) => settle(kept, answer, 9).state)];"""
    )
    assert told == ["rejected", ["rejected"] * 4]


def test_silence_ends_a_round_and_the_next_begins_with_the_others(run):
    rounds = run(
        """const store = await fresh();
        let now = 0;
        const sent = [];
        const box = new Outbox({ store, desk: { report: async (entry) => { sent.push(entry.visit_id); return unknown("offline"); } }, now: () => ++now });
        for (const visit of ["a", "b", "c", "d"]) await box.note(await report("start", visit));
        await box.run({ force: true });
        await box.run({ force: true });
        return sent;"""
    )
    assert rounds == ["a", "b", "c", "d"]


def test_what_waits_for_another_is_asked_again_when_that_one_is_there(run):
    states = run(
        """const store = await fresh();
        const there = new Set();
        const desk = { report: async (entry) => {
          if (entry.report.kind === "start" && !there.size) { there.add("x"); return unknown(); }
          there.add(entry.id);
          return entry.report.after && !there.has(entry.report.after) ? receipt(entry, "waiting") : receipt(entry);
        } };
        const box = new Outbox({ store, desk });
        const first = await report("start", "a");
        await box.note(first);
        await box.note(await report("done", "b", { after: first.id }));
        await box.run();
        const early = (await store.entries()).map((one) => one.state);
        await box.run({ force: true });
        return [early, (await store.entries()).map((one) => one.state)];"""
    )
    assert states == [["failed", "waiting"], ["confirmed", "confirmed"]]


def test_the_same_number_twice_is_one_entry(run):
    count = run(
        """const store = await fresh();
        const box = new Outbox({ store, desk: {} });
        const entry = await report("start");
        await Promise.all([box.note(entry), box.note(entry), box.note(entry)]);
        return (await store.entries()).length;"""
    )
    assert count == 1


def test_a_sign_in_that_ended_stops_the_round_and_keeps_all(run):
    told = run(
        """const store = await fresh();
        let signedIn = false;
        const box = new Outbox({ store, desk: { report: async (entry) => (signedIn ? receipt(entry) : { kind: "signed_out" }) } });
        for (const visit of ["a", "b", "c"]) await box.note(await report("start", visit));
        const end = await box.run();
        const early = (await store.entries()).map((one) => one.state);
        signedIn = true;
        await box.run();
        return [end.signed_out, early, (await store.entries()).map((one) => one.state)];"""
    )
    assert told == [True, ["failed", "new", "new"], ["confirmed"] * 3]


ANSWERS = {
    "created": (201, "application/json", {}, "receipt"),
    "waiting": (202, "application/json", {"status": "waiting"}, "receipt"),
    "ok is no receipt": (200, "application/json", {}, "unknown"),
    "another number": (201, "application/json", {"report_id": "x"}, "unknown"),
    "other bytes": (201, "application/json", {"sha256": "0" * 64}, "unknown"),
    "a state we do not know": (201, "application/json", {"status": "fine"}, "unknown"),
    "a page": (201, "text/html", {}, "unknown"),
    "an error of ours": (500, "application/problem+json", {}, "unknown"),
    "full disk": (507, "application/problem+json", {}, "unknown"),
    "slower": (429, "application/problem+json", {}, "unknown"),
    "sign in": (401, "application/problem+json", {}, "signed_out"),
    "other body": (409, "application/problem+json", {}, "clash"),
    "not yours": (404, "application/problem+json", {"code": "not_found"}, "refused"),
    "a proxy's 404": (404, "text/html", {}, "unknown"),
    "a redirect": (302, "text/html", {}, "unknown"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_only_a_receipt_that_names_the_report_counts(run, name):
    status, kind, changes, wanted = ANSWERS[name]
    told = run(
        """const entry = await report("start");
        const [status, type, other] = given;
        const body = { report_id: entry.id, sha256: entry.sha256, status: "accepted", version: 0, ...other };
        const text = type === "text/html" ? "<html>" : JSON.stringify(body);
        const fetch = async () => new Response(text, { status, headers: { "content-type": type } });
        return (await new Transport({ fetch }).report(entry)).kind;""",
        [status, kind, changes],
    )
    assert told == wanted


def test_the_desk_reads_the_bytes_that_were_hashed(run):
    told = run(
        "const e = await report('remark', 'v', { remark: 'Größe \\u0007\\ud800 ok' }); return [e.body, e.sha256];"
    )
    assert hashlib.sha256(told[0].encode()).hexdigest() == told[1]
    assert "\x07" not in told[0]


@pytest.mark.parametrize("size", [1000, 256 * 1024, 700_000])
@pytest.mark.parametrize("loses", [0, 1, 2, 3])
def test_a_photo_arrives_whole_whatever_piece_is_lost(run, size, loses):
    """Pieces go on where the desk says; an answer that got lost costs no byte twice beyond its piece."""
    told = run(
        """const [size, loses] = given;
        const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 31) % 251).buffer;
        const photo = { sha256: await sha256(bytes), type: "image/jpeg", tries: 1 };
        let got = new Uint8Array(0), whole = null, left = loses, sent = 0;
        const told = (status, body, headers = {}) => new Response(body && JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
        const receipt = () => told(201, { sha256: photo.sha256, status: "received", size_bytes: size });
        const fetch = async (path, { method, body, headers }) => {
          if (method === "HEAD") return whole || got.length ? told(200, null, { "upload-offset": String(whole ? size : got.length), "upload-length": String(size) }) : told(404, null);
          sent += body.byteLength;
          if (method === "PUT") whole = body;
          else if (!whole) {
            if (Number(headers["Upload-Offset"]) !== got.length) return told(409, { code: "offset" });
            const next = new Uint8Array(got.length + body.byteLength);
            next.set(got);
            next.set(new Uint8Array(body), got.length);
            got = next;
            if (got.length === size) whole = got.buffer;
          }
          if (left > 0) { left -= 1; throw new TypeError("network"); }
          return whole ? receipt() : told(204, null, { "upload-offset": String(got.length) });
        };
        const desk = new Transport({ fetch });
        let answer, rounds = 0;
        do { answer = await desk.photo(photo, bytes); photo.tries += 1; rounds += 1; } while (answer.kind !== "receipt" && rounds < 9);
        return [answer.kind, (await sha256(whole)) === photo.sha256, rounds, sent / size];""",
        [size, loses],
    )
    kind, same, rounds, times = told
    assert (kind, same) == ("receipt", True)
    assert rounds == loses + 1
    assert times <= 1.01


def test_photos_go_only_when_confirmed_or_named_by_nobody(run):
    told = run(
        """const store = await fresh();
        const box = new Outbox({ store, desk: {} });
        const photo = (name) => ({ sha256: name, role: "after", type: "image/jpeg" });
        for (const name of ["confirmed", "waiting", "drafted", "loose"]) await store.keepPhoto(photo(name), new ArrayBuffer(8));
        await box.note(await report("done"), [photo("confirmed"), photo("waiting")]);
        await store.changePhoto("confirmed", (one) => ({ ...one, state: "confirmed" }));
        const freed = await store.freePhotos(new Set(["drafted"]));
        const left = [];
        for (const name of ["confirmed", "waiting", "drafted", "loose"]) if (await store.bytes(name)) left.push(name);
        return [freed, left];"""
    )
    assert told == [2, ["waiting", "drafted"]]


def test_only_closed_days_with_everything_confirmed_are_forgotten(run):
    told = run(
        """const day = async (name, state, closed = "confirmed", photo = "confirmed") => {
          const entries = [{ ...(await report("done")), day: name, state }, { ...(await report("day_closed", null)), day: name, state: closed }];
          return [entries, [{ reports: [entries[0].id], state: photo }]];
        };
        const all = [await day("2026-10-01", "confirmed"), await day("2026-10-02", "failed"), await day("2026-10-03", "confirmed", "failed"),
          await day("2026-10-04", "confirmed", "confirmed", "failed"), await day("2026-10-05", "conflict"), await day("2026-11-26", "confirmed")];
        const entries = all.flatMap(([one]) => one);
        const gone = new Set(forgettable(entries, all.flatMap(([, photos]) => photos), "2026-11-26"));
        return [...new Set(entries.filter((one) => gone.has(one.id)).map((one) => one.day))];"""
    )
    assert told == ["2026-10-01"]


def test_waits_grow_to_five_minutes_and_differ_by_chance(run):
    waits = run("return [1, 2, 3, 9, 40].map((tries) => [pause(tries, 0), pause(tries, 1)]);")
    assert waits == [[1000, 2000], [2000, 4000], [4000, 8000], [150_000, 300_000], [150_000, 300_000]]


def test_what_a_report_builds_on(run):
    told = run(
        """const stop = { visit_id: "v-1", version: 2, course: { version: 2 } };
        const entry = (state, fields, seq) => ({ id: `e${seq}`, seq, visit_id: "v-1", state, report: { base_version: 2, ...fields }, receipt: state === "confirmed" ? { version: 3 } : null });
        return [
          base(stop, []),
          base(stop, [entry("failed", {}, 1)]),
          base(stop, [entry("confirmed", {}, 1)]),
          base(stop, [entry("confirmed", {}, 1), entry("new", { base_version: 3 }, 2)]),
          base({ ...stop, version: 5 }, [entry("failed", {}, 1)]),
          base(stop, [entry("rejected", {}, 1)]),
        ];"""
    )
    assert [(one["base_version"], one["after"]) for one in told] == [
        (2, None),
        (2, "e1"),
        (3, None),
        (3, "e2"),
        (5, None),  # the desk moved the visit since: what is shown now counts
        (2, None),
    ]


def test_how_a_visit_stands_and_how_long_it_took(run):
    told = run(
        """const stop = { visit_id: "v-1", version: 0, course: null };
        const at = (minute) => `2026-11-26T08:${String(minute).padStart(2, "0")}:00+01:00`;
        const entries = [["start", 0], ["pause", 10], ["resume", 15], ["done", 30]].map(([kind, minute], seq) =>
          ({ id: kind, seq, visit_id: "v-1", state: "new", report: { kind, at: at(minute), minutes: 25, waste_key: null } }));
        return [1, 2, 3, 4].map((n) => { const view = standing(stop, entries.slice(0, n)); return [view.state, view.timed_s]; });"""
    )
    assert told == [["running", 0], ["paused", 600], ["running", 600], ["done", 1500]]


def test_a_hazardous_find_stops_and_another_find_does_not(run):
    told = run(
        """const stop = { visit_id: "v-1", course: null };
        const found = (key) => [{ id: "a", seq: 1, visit_id: "v-1", state: "new", report: { kind: "found", at: "2026-11-26T08:00:00+01:00", waste_key: key } }];
        return ["170605*", "200301", null].map((key) => standing(stop, found(key)).state);"""
    )
    assert told == ["stopped", "open", "open"]


def test_the_rule_that_binds_now(run):
    told = run(
        """const stop = { rules: [{ windows: [[32400, 46800], [54000, 61200]], cite: "x" }, { windows: [[25200, 72000]], cite: "y" }] };
        return [6, 8.5, 9, 12.99, 13, 17, 21].map((hour) => forbidden(stop, hour * 3600).map(({ rule, from }) => [rule.cite, from]));"""
    )
    assert told == [
        [["x", 32400], ["y", 25200]],
        [["x", 32400]],
        [],
        [],
        [["x", 54000]],
        [["x", None]],
        [["x", None], ["y", None]],
    ]


def test_the_hour_is_the_desks_and_the_offset_the_devices(run):
    told = run(
        """const winter = Date.parse("2026-11-26T07:30:00Z"), summer = Date.parse("2026-07-01T06:30:00Z");
        return [secondOfDay(winter), secondOfDay(summer), deviceTime(winter), deviceTime(summer)];"""
    )
    assert told == [8.5 * 3600, 8.5 * 3600, "2026-11-26T08:30:00+01:00", "2026-07-01T08:30:00+02:00"]


def test_own_order_takes_in_what_the_desk_adds(run):
    told = run(
        """const stops = ["a", "b", "new", "c"].map((visit_id) => ({ visit_id, version: 1 }));
        const ids = (list) => list.map((one) => one.visit_id);
        return [ids(inOrder(stops, ["c", "gone", "b", "a"])), ids(inOrder(stops, null)),
          changes([{ visit_id: "a", version: 0 }, { visit_id: "x", version: 0 }], stops)];"""
    )
    assert told[0] == ["c", "b", "new", "a"]
    assert told[1] == ["a", "b", "new", "c"]
    assert (told[2]["added"], [one["visit_id"] for one in told[2]["gone"]], told[2]["changed"]) == (
        ["b", "new", "c"],
        ["x"],
        ["a"],
    )


def test_the_words_are_the_same_in_both_languages(run):
    told = run(
        """const { WORDS } = await import("/static/crew/words.js");
        const holes = (text) => [...text.matchAll(/\\{(\\w+)\\}/g)].map((one) => one[1]).sort().join();
        return Object.keys({ ...WORDS.de, ...WORDS.en }).filter((key) => !(key in WORDS.de) || !(key in WORDS.en) || holes(WORDS.de[key]) !== holes(WORDS.en[key]));"""
    )
    assert told == []


def test_the_desk_in_these_tests_keeps_a_report_once():
    desk = FakeDesk()
    body = b'{"kind": "start", "after": null, "base_version": 0}'
    assert desk.take("a", body) == desk.take("a", body)
    assert desk.take("a", body + b" ")[0] == 409
    assert desk.asides == [body + b" "]
