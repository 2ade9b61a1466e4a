-- An encrypted secret becomes one that no phone has: its account goes on asking for a code until somebody resets it. Without one it would let in with the
-- password alone.
update identity.sign_ins set totp_secret = substring(sha256(totp_secret) for 20) where length(totp_secret) <> 20;
alter table identity.sign_ins
    drop constraint sign_ins_totp_secret,
    add constraint sign_ins_totp_secret_check check (length(totp_secret) = 20);
