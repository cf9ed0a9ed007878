"""What ``uppdrag extract`` gives: one object as JSON for programs (contract.py has every key), a table for the terminal (terminal.py), a
page with the text, everything found in it, and why (explained.py). Lists of assignments (annex/) and Akoma Ntoso are made of the database.
"""
