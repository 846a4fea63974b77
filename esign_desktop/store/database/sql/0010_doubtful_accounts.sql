-- A signer that was picked and retyped as somebody else kept the account, and gave it the other's name and number.
-- Whose the accounts are that share both is not known: each is asked for again.
UPDATE accounts SET is_doubtful = 1
WHERE masked_number <> '' AND EXISTS (
    SELECT 1 FROM accounts AS other
    WHERE other.environment = accounts.environment AND other.project_id = accounts.project_id
        AND other.kind = accounts.kind AND other.name = accounts.name
        AND other.masked_number = accounts.masked_number AND other.account_id <> accounts.account_id
        AND other.agent_account_id = accounts.agent_account_id
);
