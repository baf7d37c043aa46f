/**
 * Returns whether a value is a port.
 *
 * @param least - 0 (default): also one to bind to, where 0 asks for any; 1: one to send to
 */
export function isPort(value: unknown, least = 0): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= 65535
}
