import type { Picture } from '../../src/protocol.js'

/** A system of which nothing is known yet. */
export const NO_PICTURE: Picture = {
  time: 0,
  components: {},
  links: {},
  more: 0,
  account: {
    entered: 0,
    consumed: 0,
    waiting: 0,
    dropped: {},
    unaccounted: 0,
    complete: true,
  },
}
