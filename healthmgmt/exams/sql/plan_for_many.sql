-- This transaction works on many rows: what is joined is read once. Of a table that was emptied and filled again the planner knows
-- too little, and would look through all of it for each of its rows.
SET LOCAL enable_nestloop TO off
