"""What tools/bench is made of.

pairs       the old and the new files
contenders  who is measured, and where the peers are installed
rounds      rounds in which everybody does every step, a process each
speeds      what this machine does a GiB of, and what follows for a step at best
small       many small files in one process, and the start
in_place    a large file that changes a little
folders     two versions of a folder, and a patch that has nothing to do
page        docs/performance.md
picture     its picture
"""
