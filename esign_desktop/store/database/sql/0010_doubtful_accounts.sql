-- If a selected signer was retyped as another person, the account was kept and received the other's name and number.
-- The owner of accounts that share both is therefore unknown, and each account is looked up again.
UPDATE accounts SET is_doubtful = 1
WHERE masked_number <> '' AND EXISTS (
    SELECT 1 FROM accounts AS other
    WHERE other.environment = accounts.environment AND other.project_id = accounts.project_id
        AND other.kind = accounts.kind AND other.name = accounts.name
        AND other.masked_number = accounts.masked_number AND other.account_id <> accounts.account_id
        AND other.agent_account_id = accounts.agent_account_id
);
