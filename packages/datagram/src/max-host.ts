/** Characters of a host: a name of 253 with a dot at its end (RFC 1035 section 2.3.4). A longer text is not a host. */
export const MAX_HOST = 254
