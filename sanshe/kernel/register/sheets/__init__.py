"""Excel and CSV into registers: a sheet is looked at, its columns matched, every row checked, then brought in at once.

Words: batch (一次导入), head (表头), mapping (列的对应), preview (预览), refused row (不能导入的行), undo (撤销).

The way of a sheet: `container` says whether it may be opened, `reading` makes rows of it, `heads` finds the head and
matches columns, `cells` reads one cell, `plan` says which fields of the table a row fills, `actions` stage, write and
undo. Nothing is written to a register before somebody has seen the preview; personal cells are staged as ciphertext.
"""
