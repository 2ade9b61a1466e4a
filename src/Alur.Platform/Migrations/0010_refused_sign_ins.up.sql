-- Refused sign-ins of one account, one reason and one minute. The first is in the audit at once; the others are counted here and told together when
-- the minute is over, so that a flood of guesses cannot fill the audit. Nothing of what was typed is kept.
create table identity.refused_sign_ins (
    user_id   uuid references identity.users (id),   -- null: no account has the address
    reason    text not null check (reason in ('password', 'code', 'code-missing', 'key-missing', 'locked', 'disabled', 'unknown')),
    minute    timestamptz not null,
    untold    int not null default 0 check (untold >= 0),
    addresses text[] not null default '{}',          -- where the untold ones came from, ten at most
    constraint refused_sign_ins_once unique nulls not distinct (user_id, reason, minute),
    check ((user_id is null) = (reason = 'unknown'))
);
grant select, insert, update, delete on identity.refused_sign_ins to alur_app;
