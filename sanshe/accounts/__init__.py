"""Users, and the posts they hold in an area or a body.

Words: User (账号), Post (岗位: a role held in an area with everything below it, or in a body), the three
administrators (三员: 系统管理员, 安全管理员, 安全审计员), none of whom can do another's work.
Neighbours: areas is below; the kernel asks this module who holds which post where (a registered provider).
"""
