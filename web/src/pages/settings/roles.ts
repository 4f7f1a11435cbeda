/** The roles that can be chosen, by their keys: people's from the least to the most, and machines'. */
export const PEOPLES_ROLES = ['member', 'viewer', 'procurement', 'approver', 'licence-manager', 'administrator'] as const;
export const MACHINES_ROLES = ['workstation', 'collector'] as const;
