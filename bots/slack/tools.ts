import { createHash } from 'node:crypto'
import { causeChain } from '../../core/errors.ts'
import type { AndonId } from '../../core/ids.ts'
import { ended } from '../andon/andon.ts'
import { peopleOf } from '../andon/people.ts'
import { house } from '../andon/ports.ts'
import type { SlackDeliveryPorts } from './deliver.ts'
import { keys, laneOfRoom, nowhere, type Place, placeOf } from './message.ts'
import { NotYet, refusalOf, type SlackTools } from './ops/define.ts'
import type { Attempt, Outgoing } from './outgoing.ts'
import { roomNameOf } from './rooms.ts'

/** What each thing showed last, so that it is not changed into the same. */
const shownMost = 1_000
/** The message is gone, or may not be changed any more: it is posted anew. */
const gone = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed', 'channel_not_found'])

/** What orders work with, for one message at a time. */
export function openTools(ports: SlackDeliveryPorts, out: Outgoing, self: SlackTools['self']): (attempt: Attempt) => SlackTools {
  const { journal, desk, catalog, clock, settings, log } = ports
  const people = peopleOf(catalog)
  const shown = new Map<string, string>()
  const roomOp = ports.ops.find(({ name }) => name === 'room')

  function remember(key: string, digest: string): void {
    shown.delete(key)
    shown.set(key, digest)
    for (const [oldest] of shown) {
      if (shown.size <= shownMost) return
      shown.delete(oldest)
    }
  }

  const known = (ref: string | null) => (ref === null || ref === nowhere ? null : placeOf(ref))

  /** Between the wish and the private room, nothing newer is shown where everybody reads. The room's own lane keeps its order. */
  async function placeOfRoom(id: AndonId, lane: string, tools: SlackTools): Promise<Place | null> {
    const ref = await journal.reference(keys.room(id))
    const moves =
      ref !== null && lane !== laneOfRoom(id) && (await desk.get(id))?.private && (await journal.reference(keys.hidden(id))) !== ref
    if (ref !== null && !moves) return known(ref)
    if (moves) {
      if (await tools.waits(laneOfRoom(id))) throw new NotYet(`the private room of ${id}`)
      const hidden = await journal.reference(keys.hidden(id))
      return hidden === (await journal.reference(keys.room(id))) ? known(hidden) : null
    }
    if (lane !== laneOfRoom(id)) {
      if (await tools.waits(laneOfRoom(id))) throw new NotYet(`the room of ${id}`)
      // It may have been made between the two looks; else nobody makes one.
      return known(await journal.reference(keys.room(id)))
    }
    // Pulled before there was a Slack to tell: it gets its room now, if it still goes on.
    const andon = await desk.get(id)
    if (!andon || ended(andon)) return null
    await roomOp?.run({ op: 'room', andon: id, name: roomNameOf(andon, settings.roomPrefix), private: andon.private, anew: false }, tools)
    return known(await journal.reference(keys.room(id)))
  }

  return (attempt) => {
    const tools: SlackTools = {
      ...{ settings, catalog, people, self, duties: ports.duties ?? null },
      now: () => clock.now(),
      lane: attempt.entry.lane,
      dedupe: attempt.entry.dedupe,
      orderedAt: attempt.entry.createdAt,
      call: (method, args, options) => out.call(attempt, method, args, options),
      reference: (key) => journal.reference(key),
      refer: (refs) => journal.refer(refs),
      referring: (ref) => journal.referring(ref),
      andon: (id) => desk.get(id),
      run: (id) => journal.run(id),
      async command(id, name, input) {
        // Slack's side is done; that the andon cannot take it (a state, a limit) must not hold up what comes after.
        await desk.command(id, name, input, house).catch((error: unknown) => {
          log.warn({ andon: id, command: name, err: causeChain(error) }, 'the andon did not take what Slack brought')
        })
      },
      place: (id) => placeOfRoom(id, attempt.entry.lane, tools),
      waits: async (lane) => (await journal.lane('slack', lane, 1)).length > 0,
      ownRoom: (name) => out.ownRoom(name),
      post: (key, place, say) => out.post(attempt, key, place, say),
      async show(key, place, say) {
        const ref = await journal.reference(key)
        if (!ref?.startsWith(`${place.channel}/`)) {
          if (ref) await journal.refer({ [key]: '' })
          remember(key, digestOf(say()))
          await out.post(attempt, key, place, say).catch((error: unknown) => {
            shown.delete(key)
            throw error
          })
          return
        }
        const digest = digestOf(say())
        if (shown.get(key) === digest) return
        const { channel, thread: ts } = placeOf(ref)
        try {
          await out.call(attempt, 'chat.update', () => ({ channel, ts, ...say(), parse: 'none', link_names: false }))
          remember(key, digest)
        } catch (error) {
          if (!gone.has(refusalOf(error) ?? '')) throw error
          await journal.refer({ [key]: '' })
          await out.post(attempt, key, place, say)
        }
      },
      env: ({ locale }) => ({ locale, now: clock.now(), people }),
      onCall: async (refs) => ports.onCall(refs),
    }
    return tools
  }
}

const digestOf = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('base64')
