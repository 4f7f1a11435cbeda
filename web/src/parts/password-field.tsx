import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { words } from '../messages';

const say = words.signIn;

/** The server takes no shorter one. */
export const PASSWORD_LETTERS_MIN = 12;

type Props = Omit<PasswordInputProps, 'onChange' | 'value'> & { value: string; onValue: (value: string) => void };

/** A password that can be pasted, filled in by a password manager, and looked at. */
export function PasswordField({ onValue, ...props }: Props) {
  return (
    <PasswordInput
      name="password"
      visibilityToggleFocusable
      visibilityToggleButtonProps={{ 'aria-label': say.showPassword }}
      onChange={(event) => onValue(event.currentTarget.value)}
      {...props}
    />
  );
}

/** A password to be chosen. It is written once: whoever doubts looks at it. */
export function NewPasswordField({ tried, value, ...props }: Partial<Pick<Props, 'label'>> & Omit<Props, 'label'> & { tried: boolean }) {
  return (
    <PasswordField
      label={say.newPassword}
      description={say.newPasswordHelp}
      name="new-password"
      autoComplete="new-password"
      value={value}
      error={tried && value.length < PASSWORD_LETTERS_MIN && say.newPasswordMissing}
      {...props}
    />
  );
}
