import { defineSlackHandler } from '../define.ts'
import { knownOf, openPull } from './act.ts'

/** From anywhere in Slack, by the lightning bolt: the modal with one field. */
export const shortcut = defineSlackHandler('shortcut', {
  kind: 'shortcut',
  match: 'andon-pull',
  scopes: ['commands'],
  events: [],
  help: 'Pull the andon',
  async run(incoming, surface) {
    await incoming.ack()
    await openPull(surface, { incoming, actor: (await knownOf(surface, incoming)).actor })
  },
})
