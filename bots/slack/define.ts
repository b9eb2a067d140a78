import type {
  BlockAction,
  BlockElementAction,
  EnvelopedEvent,
  GlobalShortcut,
  MessageShortcut,
  SlashCommand,
  ViewResponseAction,
  ViewSubmitAction,
} from '@slack/bolt'
import type { Commands } from '../../core/api/ports.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { SlackConfig } from '../../core/catalog/schema-andon.ts'
import type { Clock } from '../../core/clock.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { Andon } from '../andon/andon.ts'
import type { AnyAndonCommand } from '../andon/define.ts'
import type { Orders } from '../andon/orders.ts'
import type { AndonDesk } from '../andon/ports.ts'
import type { Rendered } from './blocks/form.ts'
import type { HomeFacts } from './blocks/home.ts'
import type { SlackFile } from './calls.ts'
import type { SlackDuty } from './duty.ts'
import type { Web } from './web.ts'
import type { Who } from './who.ts'

/** What comes from Slack, by kind, as Bolt hands it over. */
export interface Bodies {
  command: SlashCommand
  action: BlockAction<BlockElementAction>
  view: ViewSubmitAction
  shortcut: GlobalShortcut
  messageShortcut: MessageShortcut
  event: EnvelopedEvent
}
export type HandlerKind = keyof Bodies

interface Acks {
  command: Rendered | undefined
  action: undefined
  view: ViewResponseAction | undefined
  shortcut: undefined
  messageShortcut: undefined
  event: undefined
}

/** One thing that came, and the ways to answer it. */
export interface Incoming<Kind extends HandlerKind> {
  body: Bodies[Kind]
  /** The same when Slack sends it again. */
  key: string
  user: { id: string; team: string | undefined; name: string | undefined }
  /** Slack waits three seconds for it. More than once does nothing; events are acknowledged before. */
  ack(answer?: Acks[Kind]): Promise<void>
  /** To this person alone, by whatever way is left. Never throws. */
  tell(message: Rendered): Promise<void>
  /** True the first time. What acts and could act twice asks before. */
  first(): Promise<boolean>
}

/** What a handler works with. */
export interface Surface {
  catalog: Catalog
  settings: SlackConfig
  desk: AndonDesk
  /** What people may do, by name; those of the house are not among them. */
  commands: ReadonlyMap<string, AnyAndonCommand>
  /** Null: nobody may order runs from here. */
  orders: Orders | null
  /** Answers runs that wait for a person; absent: not from here. */
  approvals?: Pick<Commands, 'approve' | 'decline'> | undefined
  /** Ids of runbooks, for approve and retry. */
  runbooks: readonly string[]
  journal: Journal
  web: Web
  who: Who
  clock: Clock
  log: Log
  /** Our own bot, once Slack told it. */
  self(): { botUserId: string; botId: string; url: string } | null
  /** Keeps the files of a pinned message; absent: they stay in Slack. */
  keepFiles?(andon: Andon, files: readonly SlackFile[]): Promise<{ name: string; path: string; bytes: number }[]>
  /** Duty, reviews and findings; absent: none is configured. */
  duties?: SlackDuty | undefined
  /** Who is on call; absent: nobody knows. */
  duty?(): Promise<HomeFacts['duty']>
}

export interface HandlerSpec<Kind extends HandlerKind> {
  kind: Kind
  /** The command, `callback_id`, `action_id`, or types of events. */
  match: string | RegExp | readonly string[]
  /** Of events of one type only these. */
  when?: (event: Bodies['event']['event']) => boolean
  /** Bot scopes beyond those of the methods it calls. */
  scopes: readonly string[]
  /** Bot events to subscribe to, by the names of the manifest. */
  events: readonly string[]
  /** For people: what it is for; in the manifest of commands and shortcuts. */
  help: string
  /** It asks `first` itself, once it knows that it is concerned: most messages are none of our business, and are not to be written down. */
  asksFirst?: true
  /** Errors are told to the person by the app, in their language. */
  run(incoming: Incoming<Kind>, surface: Surface): Promise<void>
}

export interface SlackHandler<Kind extends HandlerKind = HandlerKind> extends HandlerSpec<Kind> {
  name: string
}
// biome-ignore lint/suspicious/noExplicitAny: the registry holds handlers of every kind
export type AnySlackHandler = SlackHandler<any>

export const defineSlackHandler = <Kind extends HandlerKind>(name: string, spec: HandlerSpec<Kind>): SlackHandler<Kind> => ({
  name,
  ...spec,
})
