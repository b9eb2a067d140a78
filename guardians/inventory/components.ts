import { defineInventory, type Resource } from '../define.ts'
import { needPlatform, type PlatformMember } from '../platform.ts'

export interface PairedComponent extends Resource {
  id: string
  members: readonly PlatformMember[]
  /** Epoch ms of the last verified switch; null: never; undefined: no journal is at hand. */
  lastSwitchAt: number | null | undefined
}

/** Components with an active and a standby, as their health hooks answer now. */
export const components = defineInventory<PairedComponent>('components', {
  title: { en: 'Components with a standby', ja: 'スタンバイを持つコンポーネント' },
  scope: 'platform',
  calls: [],
  async page(sources) {
    const rows = (await needPlatform(sources).components()).map(
      ({ id, title, owner, members, lastSwitchAt }): PairedComponent => ({
        ...{ arn: `platform:component/${id}`, name: title || id, id, members, lastSwitchAt },
        ...(owner === null ? {} : { owner }),
      }),
    )
    return { rows }
  },
})
