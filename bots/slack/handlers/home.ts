import { defineSlackHandler } from '../define.ts'
import { publishHome } from './homing.ts'

/** The Home of the bot: what is open, my lanes, what waits for me, who is on duty, and a big button. */
export const home = defineSlackHandler('home', {
  kind: 'event',
  match: ['app_home_opened'],
  when: (event) => (event as { tab?: string }).tab !== 'messages',
  scopes: [],
  events: ['app_home_opened'],
  help: 'the Home of the bot',
  run: (incoming, surface) => publishHome(surface, incoming.user),
})
