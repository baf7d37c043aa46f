/** Requests a drain: no more messages will come, so finish the queued ones, then end. */
export interface ProducerFinished {
  readonly kind: 'producerFinished'
}

/** Requests an immediate stop. `cause` is the reason, if known. */
export interface ShutdownMicroprocess {
  readonly kind: 'shutdownMicroprocess'
  readonly cause?: unknown
}

/**
 * A message from a `signal` to a `control` box: a plain tagged object. It also works
 * after `structuredClone`, and from a second copy of this package.
 */
export type Control = ProducerFinished | ShutdownMicroprocess

/**
 * Creates the message "drain, then end".
 *
 * @see Axon.Ipc.producerFinished
 */
export function producerFinished(): ProducerFinished {
  return { kind: 'producerFinished' }
}

/**
 * Creates the message "stop now".
 *
 * @param options.cause - the reason, for the components that receive it
 * @see Axon.Ipc.shutdownMicroprocess
 */
export function shutdownMicroprocess(
  options: { readonly cause?: unknown } = {},
): ShutdownMicroprocess {
  return { kind: 'shutdownMicroprocess', ...options }
}
