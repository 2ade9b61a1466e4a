drop view platform.api_keys;
alter table identity.api_keys drop column scopes;
alter table identity.api_keys set schema platform;
drop table identity.signing_keys, identity.session_tokens, identity.sessions, identity.setup_links, identity.user_grants, identity.sign_ins, identity.users;
drop schema identity;
