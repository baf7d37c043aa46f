/** Drain, then end: no more messages will come. */
export interface ProducerFinished {
  readonly kind: 'producerFinished'
}

/** Stop now. `cause` says why, if known. */
export interface ShutdownMicroprocess {
  readonly kind: 'shutdownMicroprocess'
  readonly cause?: unknown
}

/**
 * A message from a `signal` to a `control` box. Plain tagged objects: they also work
 * after `structuredClone`, and when they come from a second copy of this package.
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
