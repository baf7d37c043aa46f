/**
 * Returns whether a value is a port.
 *
 * @param min - the lowest valid port: 0 (default) to bind to, where 0 means any free one; 1 to send to
 */
export function isPort(value: unknown, min = 0): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= 65535
}
