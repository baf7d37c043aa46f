import { type Decisions, oneOf } from '../random.js'
import { anyNumber, anyRecipe, anyText, numberRecipe, type Recipe } from '../recipe.js'
import { anyHost } from './hosts.js'

const HOSTS = ['127.0.0.1', '0.0.0.0', '::1', '::', 'name.test', 'fe80::1', '::ffff:127.0.0.1', '']

/** A host, right or wrong, or anything. */
function anyHostRecipe(decisions: Decisions): Recipe {
  const form = decisions.roll(6)
  if (form === 0) return anyRecipe(decisions)
  return { text: form < 3 ? anyHost(decisions) : oneOf(decisions, HOSTS) }
}

function anyPort(decisions: Decisions): Recipe {
  const form = decisions.roll(6)
  if (form === 0) return anyRecipe(decisions)
  return form < 3 ? anyNumber(decisions) : numberRecipe(1 + decisions.roll(65_535))
}

/** `[host, port]`, right or wrong, or anything. */
export function anyTarget(decisions: Decisions): Recipe {
  const form = decisions.roll(8)
  if (form === 0) return anyRecipe(decisions)
  const list = [anyHostRecipe(decisions), anyPort(decisions)]
  if (form === 1) list.push(anyRecipe(decisions))
  if (form === 2) list.pop()
  return { list }
}

/** What can be sent, and what cannot. */
export function anyPayload(decisions: Decisions): Recipe {
  return decisions.roll(3) ? anyRecipe(decisions) : { text: anyText(decisions) }
}

/** `[host, port, data]`, right or wrong, or anything. */
export function anyLetter(decisions: Decisions): Recipe {
  const target = anyTarget(decisions)
  if (!('list' in target)) return target
  return { list: [...target.list, anyPayload(decisions)] }
}
