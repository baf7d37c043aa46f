import { UdpngError } from './errors.js'

/** Creates the failure of a component. It always names this component: a UdpngError that names another one becomes its cause. */
export function failureOf(component: string, thrown: unknown): UdpngError {
  let why = ''
  try {
    if (thrown instanceof UdpngError && (thrown.component ?? component) === component) {
      thrown.component = component
      return thrown
    }
    why = `: ${thrown}`
  } catch {
    // Frozen, or not convertible to a string: it is available as the cause.
  }
  return new UdpngError('COMPONENT_FAILED', `${component} failed${why}`, {
    component,
    cause: thrown,
  })
}
