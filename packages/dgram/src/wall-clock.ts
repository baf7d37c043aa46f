/** Maximum difference from the system's clock, milliseconds. */
const MAX_DIFFERENCE_MS = 10

/**
 * Returns a clock of the time of day, in nanoseconds since 1970. It is as fine as `performance.now()`, so that the datagrams of a
 * process are in order, and follows the system's clock if that is set, or after the machine was suspended.
 */
export function wallClock(): () => bigint {
  let origin = performance.timeOrigin
  return () => {
    let time = origin + performance.now()
    const system = Date.now()
    if (Math.abs(time - system) > MAX_DIFFERENCE_MS) {
      origin += system - time
      time = system
    }
    const whole = Math.floor(time)
    return BigInt(whole) * 1_000_000n + BigInt(Math.floor((time - whole) * 1e6))
  }
}
