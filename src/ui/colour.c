/* Colours as light: contrast, and the nearest entry of a palette (contract in theme.h). */
#include <math.h>

#include "theme_private.h"

/* sRGB component to linear light, IEC 61966-2-1. */
static double linear(uint8_t component)
{
	double c = component / 255.0;
	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(pt_rgb c)
{
	return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

double pt_rgb_contrast(pt_rgb a, pt_rgb b)
{
	double x = luminance(a), y = luminance(b);
	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}

pt_rgb pt_rgb_of_index(uint8_t index)
{
	static const pt_rgb ansi[16] = {
		{0, 0, 0},
		{205, 0, 0},
		{0, 205, 0},
		{205, 205, 0},
		{0, 0, 238},
		{205, 0, 205},
		{0, 205, 205},
		{229, 229, 229},
		{127, 127, 127},
		{255, 0, 0},
		{0, 255, 0},
		{255, 255, 0},
		{92, 92, 255},
		{255, 0, 255},
		{0, 255, 255},
		{255, 255, 255},
	};
	static const uint8_t cube[6] = {0, 95, 135, 175, 215, 255};
	if (index < 16)
		return ansi[index];
	if (index >= 232) {
		uint8_t grey = (uint8_t)(8 + 10 * (index - 232));
		return (pt_rgb){grey, grey, grey};
	}
	int i = index - 16;
	return (pt_rgb){cube[i / 36], cube[i / 6 % 6], cube[i % 6]};
}

static double lab_root(double t)
{
	return t > 216.0 / 24389.0 ? cbrt(t) : (24389.0 / 27.0 * t + 16) / 116;
}

pt_lab pt_rgb_to_lab(pt_rgb c)
{
	double r = linear(c.r), g = linear(c.g), b = linear(c.b);
	double x = lab_root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
	double y = lab_root(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
	double z = lab_root((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
	return (pt_lab){116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

uint8_t pt_lab_nearest(const pt_lab palette[256], pt_rgb colour, uint8_t first, uint8_t last)
{
	pt_lab wanted = pt_rgb_to_lab(colour);
	double best = HUGE_VAL;
	uint8_t found = first;
	for (int i = first; i <= last; i++) {
		double l = palette[i].l - wanted.l, a = palette[i].a - wanted.a, b = palette[i].b - wanted.b;
		double distance = l * l + a * a + b * b;
		if (distance < best) {
			best = distance;
			found = (uint8_t)i;
		}
	}
	return found;
}

void pt_lab_palette(pt_lab palette[256])
{
	for (int i = 0; i < 256; i++)
		palette[i] = pt_rgb_to_lab(pt_rgb_of_index((uint8_t)i));
}

uint8_t pt_rgb_nearest_index(pt_rgb colour, uint8_t first, uint8_t last)
{
	pt_lab palette[256];
	pt_lab_palette(palette);
	return pt_lab_nearest(palette, colour, first, last);
}
