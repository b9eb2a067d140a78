import type { Pulled } from '../../andon/ports.ts'
import type { Rendered } from '../blocks/form.ts'
import { pulledOf } from '../blocks/pulled.ts'
import type { Surface } from '../define.ts'
import { roomNameOf } from '../rooms.ts'
import type { Known } from '../who.ts'
import { plainOf } from './plain.ts'

/** A pull is acknowledged when it is durable; it waits for a name, but not long. */
export const pullNameWithinMs = 150

interface Wish {
  /** As Slack sent it. */
  text: string
  known: Known
  /** Of what came: the same, sent again, is the same pull. */
  key: string
}

/** Pulls, and says what whoever pulled is told. Throws only when it could not be recorded. */
export async function pullNow(surface: Surface, { text, known, key }: Wish): Promise<{ pulled: Pulled; answer: Rendered }> {
  const wrote = plainOf(text, surface.who.nameOf)
  const pulled = await surface.desk.pull({ text: wrote, key: `slack/${key}` }, known.actor)
  const room = pulled.joined ? null : roomNameOf(pulled.andon, surface.settings.roomPrefix)
  return { pulled, answer: pulledOf(pulled, wrote, { locale: known.actor.locale, room }) }
}
