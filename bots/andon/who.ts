import type { Andon, Person } from './andon.ts'
import type { CommandEnv, Refusal } from './define.ts'
import { peopleIn, personHere } from './here.ts'
import { noSuchPerson } from './kaizen.ts'

/** The person meant, under the name by which they are known here; or why not. */
export function whoIs(andon: Andon, ref: string, env: Pick<CommandEnv, 'person' | 'actor'>): Person | Refusal {
  const found = personHere(andon, ref, env)
  if (!found) return noSuchPerson(ref)
  // Of the chat alone only an id is known; whoever did something here has a name.
  return /^(slack|token|drill):/.test(found.id) ? (peopleIn(andon).find(({ id }) => id === found.id) ?? found) : found
}

export const isNobody = (found: Person | Refusal): found is Refusal => 'refuse' in found
