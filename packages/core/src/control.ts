/** Finish what is queued, then end: nothing more will come. */
export interface ProducerFinished {
  readonly kind: 'producerFinished'
}

/** Stop now. `cause` says why, if known. */
export interface ShutdownMicroprocess {
  readonly kind: 'shutdownMicroprocess'
  readonly cause?: unknown
}

/**
 * What travels from a `signal` to a `control` box. Plain tagged objects: they are obeyed just the
 * same after `structuredClone`, or when they come from a second copy of this package.
 */
export type Control = ProducerFinished | ShutdownMicroprocess

/**
 * Makes the message "finish what is queued, then end".
 *
 * @see Axon.Ipc.producerFinished
 */
export function producerFinished(): ProducerFinished {
  return { kind: 'producerFinished' }
}

/**
 * Makes the message "stop now".
 *
 * @param options.cause - the reason, for the components that receive it
 * @see Axon.Ipc.shutdownMicroprocess
 */
export function shutdownMicroprocess(
  options: { readonly cause?: unknown } = {},
): ShutdownMicroprocess {
  return { kind: 'shutdownMicroprocess', ...options }
}
