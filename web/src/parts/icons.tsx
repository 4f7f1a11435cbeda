/** Own line icons on a 20-unit grid. All are decorative: the words stand beside them or in a label. */
import type { ReactNode } from 'react';

function icon(drawing: ReactNode) {
  return function Icon({ size = 18 }: { size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 20 20"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {drawing}
      </svg>
    );
  };
}

export const SunIcon = icon(
  <>
    <circle cx="10" cy="10" r="3.4" />
    <path d="M10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M4.3 15.7l1.4-1.4M14.3 5.7l1.4-1.4" />
  </>,
);
export const MoonIcon = icon(<path d="M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7Z" />);
export const AutoIcon = icon(
  <>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 3v14a7 7 0 0 0 0-14Z" fill="currentColor" />
  </>,
);
export const PersonIcon = icon(
  <>
    <circle cx="10" cy="6.8" r="3.2" />
    <path d="M3.8 17a6.2 6.2 0 0 1 12.4 0" />
  </>,
);
export const SignOutIcon = icon(
  <path d="M8 3H4.5A1.5 1.5 0 0 0 3 4.5v11A1.5 1.5 0 0 0 4.5 17H8M13 13.5 16.5 10 13 6.5M16.5 10H8" />,
);
export const InfoIcon = icon(
  <>
    <circle cx="10" cy="10" r="7.2" />
    <path d="M10 9.2v4.3M10 6.4v.1" />
  </>,
);
export const AlertIcon = icon(<path d="M10 3.2 17.8 16.5H2.2ZM10 8.2v3.8M10 14.2v.1" />);
export const CriticalIcon = icon(<path d="M6.9 2.8h6.2l4.1 4.1v6.2l-4.1 4.1H6.9l-4.1-4.1V6.9ZM10 6.6v4.2M10 13.4v.1" />);
export const CheckIcon = icon(<path d="m4 10.5 4 4 8-9" />);
export const CopyIcon = icon(
  <>
    <rect x="7" y="7" width="9.5" height="9.5" rx="2" />
    <path d="M13 4.5A1.5 1.5 0 0 0 11.5 3h-7A1.5 1.5 0 0 0 3 4.5v7A1.5 1.5 0 0 0 4.5 13" />
  </>,
);
export const SearchIcon = icon(
  <>
    <circle cx="9" cy="9" r="5.2" />
    <path d="m13 13 4 4" />
  </>,
);
export const BarsIcon = icon(<path d="M3 17h14M5.5 17v-6M10 17V4M14.5 17V8" strokeWidth="2" />);
export const TableIcon = icon(
  <>
    <rect x="3" y="4" width="14" height="12" rx="1.5" />
    <path d="M3 8h14M3 12h14M8.5 8v8" />
  </>,
);
export const SortAscendingIcon = icon(<path d="M10 15V5M6 9l4-4 4 4" />);
export const SortDescendingIcon = icon(<path d="M10 5v10M6 11l4 4 4-4" />);
export const SortIcon = icon(<path d="m7 8 3-3 3 3M7 12l3 3 3-3" />);
export const MenuIcon = icon(<path d="M3 5.5h14M3 10h14M3 14.5h14" />);
export const KeyIcon = icon(
  <>
    <circle cx="6.5" cy="13.5" r="3.5" />
    <path d="m9 11 7.5-7.5M13.5 6.5l2.5 2.5" />
  </>,
);
export const ScreenIcon = icon(
  <>
    <rect x="3" y="4" width="14" height="9.5" rx="1.5" />
    <path d="M7 17h6M10 13.5V17" />
  </>,
);
export const ChevronRightIcon = icon(<path d="M7.5 4.5 13 10l-5.5 5.5" />);
