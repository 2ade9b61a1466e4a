drop table identity.refused_sign_ins;
