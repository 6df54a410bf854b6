"""The programme year 2023, from application to dashboard, through the doors that people use."""
