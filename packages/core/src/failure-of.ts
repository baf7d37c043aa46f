import { UdpngError } from './errors.js'

/** The failure of a component. It always names the component: a UdpngError that names another one becomes the cause. */
export function failureOf(component: string, thrown: unknown): UdpngError {
  let why = ''
  try {
    if (thrown instanceof UdpngError && (thrown.component ?? component) === component) {
      thrown.component = component
      return thrown
    }
    why = `: ${thrown}`
  } catch {
    // Frozen, or nothing that can be made a string: it can be looked at as the cause.
  }
  return new UdpngError('COMPONENT_FAILED', `${component} failed${why}`, {
    component,
    cause: thrown,
  })
}
