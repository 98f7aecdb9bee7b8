#include "key_sequence.h"

enum { OLD_MOUSE_CHARACTERS = 3 };

pt_key_sequence pt_key_sequence_escaped(void)
{
	return (pt_key_sequence){.part = PT_SEQUENCE_ESCAPED};
}

pt_key_sequence pt_key_sequence_old_mouse(void)
{
	return (pt_key_sequence){.part = PT_SEQUENCE_COUNTED, .n_more = OLD_MOUSE_CHARACTERS};
}

static bool takes_introducer(pt_key_sequence *sequence, uint32_t character)
{
	if (character != '[' && character != 'O')
		return false;
	sequence->part = character == '[' ? PT_SEQUENCE_CONTROL : PT_SEQUENCE_SINGLE;
	return true;
}

/* Parameters are 0x30 to 0x3F, intermediate bytes 0x20 to 0x2F; what follows them ends it. */
static bool takes_parameter(pt_key_sequence *sequence, uint32_t character)
{
	if (character < 0x20 || character > 0x7E)
		return false;
	sequence->part = character < 0x40 ? PT_SEQUENCE_PARAMETERS : PT_SEQUENCE_OVER;
	return true;
}

static bool takes_first(pt_key_sequence *sequence, uint32_t character)
{
	if (character == 'M')
		*sequence = pt_key_sequence_old_mouse();
	else if (character == '[')
		*sequence = (pt_key_sequence){.part = PT_SEQUENCE_COUNTED, .n_more = 1};
	else
		return takes_parameter(sequence, character);
	return true;
}

bool pt_key_sequence_takes(pt_key_sequence *sequence, uint32_t character)
{
	switch (sequence->part) {
	case PT_SEQUENCE_ESCAPED:
		return takes_introducer(sequence, character);
	case PT_SEQUENCE_CONTROL:
		return takes_first(sequence, character);
	case PT_SEQUENCE_PARAMETERS:
		return takes_parameter(sequence, character);
	case PT_SEQUENCE_SINGLE: /* modifiers may stand before the letter */
		if (!takes_parameter(sequence, character))
			return false;
		if (sequence->part == PT_SEQUENCE_PARAMETERS)
			sequence->part = PT_SEQUENCE_SINGLE;
		return true;
	case PT_SEQUENCE_COUNTED:
		if (--sequence->n_more == 0)
			sequence->part = PT_SEQUENCE_OVER;
		return true;
	case PT_SEQUENCE_OVER:
		break;
	}
	return false;
}
