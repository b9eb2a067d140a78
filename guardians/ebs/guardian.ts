import { defineGuardian } from '../define.ts'
import { checks } from './registry.ts'

export const ebs = defineGuardian('ebs', {
  title: { en: 'Disks and their copies', ja: 'ディスクとその複製' },
  checks,
})
