"""Floor 4: the search over all crew-days at once, compiled. Numbers and arrays only; `schedule.solve` speaks of visits.

``instance`` what is asked, as arrays · ``state`` routes in the making · ``insertion`` what a place costs ·
``facilities`` trips to tips and nurseries · ``ruin`` what is taken out · ``recreate`` how it is put back ·
``anneal`` the loop · ``chance`` random numbers · ``worker`` one search · ``population`` good solutions side by side ·
``course`` what a worker does when · ``settings`` numbers for each kind · ``search`` both cores, stop rules, the best.
"""
