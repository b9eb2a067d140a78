import type { Andon } from '../../andon/andon.ts'
import { ended } from '../../andon/andon.ts'
import type { Surface } from '../define.ts'
import type { Known } from '../who.ts'
import { mentioned, plainOf } from './plain.ts'
import { inputOfSpoken, readSpoken } from './spoken.ts'

/** What was said in the room of an andon: a command with its input, or words that are evidence. */
export interface Heard {
  command: string
  input: Record<string, unknown>
  /** As the person sees it; given back when it cannot be done. */
  wrote: string
}

/** Null: nothing that can be done in this room; after the end that is what is no command. */
export async function hear(surface: Surface, raw: string, andon: Andon): Promise<Heard | null> {
  const wrote = plainOf(raw, surface.who.nameOf)
  const spoken = readSpoken(raw)
  if (!spoken) return ended(andon) ? null : { command: 'join', input: { text: wrote }, wrote }
  const { what, rest } = spoken
  const person = mentioned(rest)
  if (person && what.field && ['person', 'owner', 'to'].includes(what.field)) {
    const note = plainOf(person.rest, surface.who.nameOf)
    const input = { ...what.also, [what.field]: await personRef(surface, person.slack, what.field) }
    return { command: what.command, input: note && what.command === 'lead' ? { ...input, note } : input, wrote }
  }
  return { command: what.command, input: inputOfSpoken(what, plainOf(rest, surface.who.nameOf)), wrote }
}

/** How a command is told of somebody: by the id of the configuration or of Slack; a thank-you by their name, which people read. */
export async function personRef({ who }: Pick<Surface, 'who'>, slack: string, field: string): Promise<string> {
  const { actor }: Known = await who.of({ id: slack })
  // Somebody whom the configuration does not know is told by name, wherever it is read.
  return field === 'to' ? actor.name : actor.id.startsWith('slack:') ? `${actor.id}/${actor.name}` : actor.id
}
