"""The person index: one person, one record, found by number, phone or name and house.

Words: Person (人员), masked (掩码), unmasking (查看完整信息: needs a reason, is logged), ReadLog (查阅记录,
which the person can read: 谁看过我的信息). Neighbours: accounts and areas are below; matters and all
above find and make people through `people.public`.
"""
