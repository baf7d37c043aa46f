/** Maximum length of a host in characters: a name of 253 and a dot at its end (RFC 1035 section 2.3.4). */
export const MAX_HOST = 254
