import type { VNode } from 'preact'
import type { ComponentPicture } from '../../src/protocol.js'

/** Each state has a shape of its own, so that none needs its colour. */
const SHAPES: Readonly<Record<ComponentPicture['state'], string>> = {
  ready: 'M5 3.2v9.6a.6.6 0 0 0 .9.5l7.8-4.8a.6.6 0 0 0 0-1L5.900 2.700A.6.6 0 0 0 5 3.2z',
  paused: 'M4.500 3h2.200v10H4.500zM9.300 3h2.200v10H9.300z',
  waiting:
    'M8 1.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zm0 1.700a4.800 4.800 0 1 1 0 9.600 4.800 4.800 0 0 1 0-9.600zM7.200 4.800v3.700l2.600 2 1-1.300-2-1.500V4.800z',
  ended: 'M3 3h10v10H3zM4.600 4.600v6.800h6.800V4.600z',
  failed:
    'M5.200 1.500h5.600l3.700 3.700v5.600l-3.700 3.700H5.200l-3.700-3.700V5.200zM5.900 4.800 4.800 5.900 6.900 8l-2.100 2.100 1.100 1.100L8 9.100l2.100 2.100 1.100-1.100L9.100 8l2.100-2.100-1.100-1.100L8 6.900z',
}

/** An icon of a state without a text alternative: write the state next to it. */
export function StateMark({ state }: { readonly state: ComponentPicture['state'] }): VNode {
  return (
    <svg class="state-mark" data-state={state} viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[state]} fill-rule="evenodd" />
    </svg>
  )
}
