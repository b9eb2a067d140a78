import type { ComponentChildren } from 'preact'
import type { Component, Member } from '../api/client.ts'
import { nameOf } from '../words/words.ts'
import { Act } from './act.tsx'
import { Dialog } from './dialog.tsx'
import { Icon, statusIcon } from './icons.tsx'
import { RoleBadge } from './role.tsx'
import { english, useTime, useUi } from './ui.ts'

/** Everything about one component, and what can be done to it. */
export function Sheet({ component, onClose }: { component: Component; onClose(): void }) {
  const { board, say } = useUi()
  const neededBy = (board.components ?? []).filter((one) => one.dependsOn.includes(component.id)).map((one) => nameOf(one.id))
  const title = (
    <>
      {nameOf(component.id)}{' '}
      <span class="status-word" data-status={component.status}>
        <Icon name={statusIcon[component.status]} />
        {say(`status.${component.status}`)}
      </span>
    </>
  )
  return (
    <Dialog title={title} kind="sheet" onClose={onClose}>
      {component.title !== component.id && <p class="sheet-title">{component.title}</p>}
      <dl class="facts">
        <Fact name={say('sheet.topology')}>{say(`topology.${component.topology}`)}</Fact>
        {component.topology === 'active-standby' && <Fact name={say('sheet.generation')}>g{component.generation}</Fact>}
        <Fact name={say('sheet.owner')}>{component.owner ?? '–'}</Fact>
        <Fact name={say('sheet.needs')}>{component.dependsOn.map(nameOf).join(', ') || say('sheet.nothing')}</Fact>
        <Fact name={say('sheet.neededBy')}>{neededBy.join(', ') || say('sheet.nothing')}</Fact>
      </dl>
      <h3>{say('sheet.members')}</h3>
      <ul class="members">
        {component.members.map((member) => (
          <MemberRow key={member.id} member={member} pool={component.topology === 'pool'} />
        ))}
      </ul>
      <Act component={component} />
      <ComponentSwitch component={component} />
    </Dialog>
  )
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

function MemberRow({ member, pool }: { member: Member; pool: boolean }) {
  const { say, times } = useUi()
  const now = useTime()
  return (
    <li data-status={member.status}>
      <Icon name={statusIcon[member.status]} />
      <div>
        <b class="mono">{member.id}</b> <RoleBadge member={member} pool={pool} />
        <p>
          {say(`status.${member.status}`)} · {times.ago(member.since, now)}
          {member.summary && (
            <>
              {' · '}
              <span {...english}>{member.summary}</span>
            </>
          )}
        </p>
        <p class="quiet">
          {[
            member.site,
            member.generation === null ? null : `g${member.generation}`,
            member.process?.pid ? say('sheet.process', { pid: member.process.pid }) : null,
            member.process?.restarts ? say('sheet.restarts', { n: member.process.restarts }) : null,
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
    </li>
  )
}

function ComponentSwitch({ component }: { component: Component }) {
  const { board, say, times, askSwitch } = useUi()
  const now = useTime()
  const own = board.switches.find((one) => one.scope === component.id && one.off)
  const global = board.switches.some((one) => one.scope === 'global' && one.off)
  return (
    <section class="component-switch" aria-labelledby="switch-title">
      <h3 id="switch-title">{say('sheet.automation')}</h3>
      <p>
        {say(component.automation === 'off' ? 'auto.off' : 'auto.on')}
        {own && ` · ${say('auto.offSince', { time: times.at(own.at, now), name: own.by, reason: own.reason })}`}
        {own?.until && ` · ${say('auto.until', { time: times.at(own.until, now) })}`}
      </p>
      {global && <p class="quiet">{say('auto.globalStill')}</p>}
      <button type="button" class="button" aria-haspopup="dialog" onClick={() => askSwitch(component.id)}>
        <Icon name={own ? 'play' : 'pause'} />
        {say(own ? 'auto.onDo' : 'auto.offDo')}
      </button>
    </section>
  )
}
