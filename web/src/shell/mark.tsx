/** The mark: a fare gate, two posts with their flaps between them. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#0b6b66" />
      <g fill="#fff">
        <rect x="5" y="6" width="5" height="20" rx="2.5" />
        <rect x="22" y="6" width="5" height="20" rx="2.5" />
        <path d="M11.5 10.5 15.2 12.6V19.4L11.5 21.5Z" />
        <path d="M20.5 10.5 16.8 12.6V19.4L20.5 21.5Z" />
      </g>
    </svg>
  );
}
