drop table identity.known_devices;
