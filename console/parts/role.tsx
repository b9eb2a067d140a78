import type { Member } from '../api/client.ts'
import { Icon, type IconName } from './icons.tsx'
import { useUi } from './ui.ts'

const icons: Record<Member['role'], IconName | null> = { active: 'play', standby: 'pause', fenced: 'lock', unknown: null }

/** The role as the member itself tells it. In a pool all do the same: only what is out of the ordinary is told. */
export function RoleBadge({ member, pool }: { member: Pick<Member, 'role'>; pool: boolean }) {
  const { say } = useUi()
  if (pool && member.role !== 'fenced') return null
  const icon = icons[member.role]
  return (
    <span class="role" data-role={member.role}>
      {icon && <Icon name={icon} />}
      {say(`role.${member.role}`)}
    </span>
  )
}
