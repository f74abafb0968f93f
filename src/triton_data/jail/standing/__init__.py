"""Jails that stand ready between commands: `triton-data warm` keeps them, whoever wants one alike takes it.

    command ─▶ lease ── what is wanted ──▶ server ─▶ owned jails, closed when nobody has used them for a while
            ◀── an address ──

Opt-in: nothing is started here unasked, and where no server answers a command starts its own jail.
"""
