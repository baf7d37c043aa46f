/**
 * Returns whether a value is a port.
 *
 * @param min - 0 (default): also one to bind to, where 0 asks for any; 1: one to send to
 */
export function isPort(value: unknown, min = 0): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= 65535
}
