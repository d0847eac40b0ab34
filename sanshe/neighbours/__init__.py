"""Mutual help (邻里互助, E6): offers and requests between neighbours, matched, safe, with volunteers' hours counted.

Words: post (求助 or 愿意帮忙), pair (结对: who helps whom with what), report (举报), block (between two people), bar
(one person kept from mutual help), hours (志愿服务时间, confirmed by both). No phone is shown before both agree.
Neighbours: matters is below (a matter left to residents leads here); disputes and deliberation are above.
"""
