-- What a phone computes its codes from is encrypted with a key outside the database: the key's id (8 bytes), a nonce (12), the secret (20), a tag (16).
-- 20 bytes are a secret as releases before kept it; the server encrypts it when it starts or uses it.
alter table identity.sign_ins
    drop constraint sign_ins_totp_secret_check,
    add constraint sign_ins_totp_secret check (length(totp_secret) in (20, 56));
