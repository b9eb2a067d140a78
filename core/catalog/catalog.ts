import { fault } from '../errors.ts'
import type { AgentConfig, Component, Config, Member } from './schema.ts'

/** The configuration, indexed: who exists, where, and how to reach it. Immutable for the life of the process. */
export interface Catalog {
  config: Config
  components: readonly Component[]
  component(id: string): Component
  findComponent(id: string): Component | undefined
  /** The member and the component that it belongs to. */
  member(id: string): { member: Member; component: Component }
  findMember(id: string): { member: Member; component: Component } | undefined
  agent(id: string): AgentConfig
  /** Base URLs of a member's hooks: its own first; its agent's view of it (always able to restart and kill) second; the guard's, which can only end it. */
  hooksOf(memberId: string): { own?: string; agent?: string; guard?: string }
  memberCount: number
}

export function indexCatalog(config: Config): Catalog {
  const components = new Map(config.components.map((component) => [component.id, component]))
  const members = new Map(
    config.components.flatMap((component) => component.members.map((member) => [member.id, { member, component }] as const)),
  )
  const agents = new Map(config.agents.map((agent) => [agent.id, agent]))
  const need = <T>(what: string, found: T | undefined, id: string, list: string): T => {
    if (found === undefined) throw fault('not-found', { what, id, list })
    return found
  }
  const catalog: Catalog = {
    config,
    components: config.components,
    component: (id) => need('component', components.get(id), id, 'GET /v1/components'),
    findComponent: (id) => components.get(id),
    member: (id) => need('member', members.get(id), id, 'GET /v1/components'),
    findMember: (id) => members.get(id),
    agent: (id) => need('agent', agents.get(id), id, 'agents in the configuration'),
    hooksOf(memberId) {
      const { member } = catalog.member(memberId)
      const keeper = member.agent === undefined ? undefined : agents.get(member.agent)
      const at = (url: string | undefined) => (url === undefined ? undefined : `${url}/members/${member.id}`)
      return { own: member.hooks ?? at(keeper?.url), agent: at(keeper?.url), guard: at(keeper?.guard) }
    },
    memberCount: members.size,
  }
  return catalog
}
