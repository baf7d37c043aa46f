import { Option } from 'commander'

/** The value of `--exact`. */
export interface ExactArguments {
  readonly exact?: boolean
}

/** The option for `exactDrops` of the peer that receives. */
export function exactOption(): Option {
  return new Option(
    '--exact',
    "count the kernel's drops exactly; reads without coalescing, which costs speed",
  )
}
