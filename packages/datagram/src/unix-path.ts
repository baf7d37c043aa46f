/** Maximum length of the path of a Unix socket, bytes of UTF-8, without the `@` of an abstract one: `sun_path` of unix(7) less a zero. */
export const MAX_UNIX_PATH_BYTES = 107
/** Maximum length of a payload to a Unix socket, bytes: as much as one is read. */
export const MAX_UNIX_PAYLOAD_BYTES = 65536

/** The address of a Unix socket: an absolute path, or `@name` for an abstract one, as systemd and ss(8) write it. */
export type UnixPath = `/${string}` | `@${string}`

/** Returns whether a host is the address of a Unix socket, of any length: it begins with `/` or `@`. */
export function isUnixPath(host: unknown): host is UnixPath {
  return typeof host === 'string' && (host[0] === '/' || host[0] === '@')
}

/** Returns why a Unix socket cannot have this address; undefined if it can. */
export function unixPathObjection(path: string): string | undefined {
  const bytes = new TextEncoder().encode(path).length - (path[0] === '@' ? 1 : 0)
  if (bytes > MAX_UNIX_PATH_BYTES)
    return `of at most ${MAX_UNIX_PATH_BYTES} bytes, the limit of the system`
  return path.length < 2 || path.includes('\0') ? 'a path, or @name' : undefined
}
