"""What tools/bench is made of: pairs of files, contenders, measuring, the page.

pairs, contenders    what is done, and by whom
processes, rounds    one measured command; rounds in which everybody does everything
sections             the parts of a run, each a plan for rounds or a process of its own:
                     probes (speeds of this machine), small_files, starts
results, model       what follows from the measurements
page, tables, plots  what is told of them
environment          where the peers and matplotlib are installed
"""
